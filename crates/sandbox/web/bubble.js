// The chat page of the sandbox: bubble.
