{{ square_payments('square_pos') }}
