{{ square_payment_references('square') }}
