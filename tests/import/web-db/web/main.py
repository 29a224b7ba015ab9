@app.get("/health")
def health(): return {}
