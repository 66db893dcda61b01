{{ square_order_lines('square') }}
