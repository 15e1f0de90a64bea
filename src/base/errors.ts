/** Returns the message of any thrown value, without a stack. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Returns a thrown value as an Error; any other value becomes the message of a new Error. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
