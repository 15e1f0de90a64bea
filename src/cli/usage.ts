/** Usage is a mistake in the command line: its sentence is printed, and the exit code is 2. */
export class Usage extends Error {
  override readonly name = 'Usage'
}
