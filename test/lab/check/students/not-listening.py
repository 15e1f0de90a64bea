print("The server is ready.")
