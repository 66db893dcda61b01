{{ square_refunds('square') }}
