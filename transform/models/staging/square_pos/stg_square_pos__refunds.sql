{{ square_refunds('square_pos') }}
