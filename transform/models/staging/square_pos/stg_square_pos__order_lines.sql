{{ square_order_lines('square_pos') }}
