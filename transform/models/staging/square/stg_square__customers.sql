{{ square_customers('square') }}
