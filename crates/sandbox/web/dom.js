// The chat page of the sandbox: dom.
