{{ square_orders('square_pos') }}
