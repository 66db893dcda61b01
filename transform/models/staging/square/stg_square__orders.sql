{{ square_orders('square') }}
