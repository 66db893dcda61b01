{{ square_payment_references('square_pos') }}
