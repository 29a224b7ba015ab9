// "/health"
