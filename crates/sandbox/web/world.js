// The chat page of the sandbox: world.
