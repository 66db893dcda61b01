{{ square_products('square_pos') }}
