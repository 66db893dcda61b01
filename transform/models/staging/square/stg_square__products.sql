{{ square_products('square') }}
