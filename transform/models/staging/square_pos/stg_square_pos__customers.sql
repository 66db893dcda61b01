{{ square_customers('square_pos') }}
