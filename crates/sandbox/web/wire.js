// The chat page of the sandbox: wire.
