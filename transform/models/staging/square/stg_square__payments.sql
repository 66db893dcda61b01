{{ square_payments('square') }}
