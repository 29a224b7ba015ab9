# "/health"
