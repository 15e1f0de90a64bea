import type { ClassLine } from '../lab/class/class-lines.ts'
import type { ClassConnection, ClassObservation } from '../lab/class/class-view.ts'
import { formatDiagramHead, formatObservation, type SequenceDiagramOptions } from '../lab/monitor/sequence-diagram.ts'
import { formatClassRow } from './class-table.ts'

/**
 * ClassDiagram turns the lines of one connection into the lines of a sequence diagram. The first line of the connection is its row, and
 * each further line is an observation.
 */
export class ClassDiagram {
  readonly #options: SequenceDiagramOptions
  #row: ClassConnection | undefined
  #hasHead = false
  #isSnapshotOver = false

  constructor({ width, color }: Omit<SequenceDiagramOptions, 'origin'>) {
    this.#options = { width, color, origin: 0 }
  }

  /** True if no further observation can arrive, because the connection is closed. */
  get isOver(): boolean {
    return this.#isSnapshotOver && this.#row?.isOpen === false
  }

  /** Returns the lines to print. */
  take(line: ClassLine): readonly string[] {
    switch (line.type) {
      case 'connection': {
        const isFirst = this.#row === undefined
        this.#row = line.row
        return isFirst ? [formatClassRow(line.row, this.#options.width), ''] : []
      }
      case 'observation':
        return [...this.#begin(line), ...formatObservation(line.observation, this.#options)]
      case 'snapshot':
        this.#isSnapshotOver = true
        return this.#hasHead ? [] : formatDiagramHead(this.#row?.state ?? '', this.#options)
      default:
        return []
    }
  }

  /**
   * Before the first observation, returns the head of the diagram and, if earlier observations are missing, their number. Later, returns no
   * lines.
   */
  #begin({ number, observation }: ClassObservation): readonly string[] {
    if (this.#hasHead) return []
    this.#hasHead = true
    const state = 'before' in observation ? observation.before : (this.#row?.state ?? '')
    const missing = number - 1
    const note = missing === 1 ? 'one earlier observation is no longer stored' : `${missing} earlier observations are no longer stored`
    return [...(missing > 0 ? [`(${note})`] : []), ...formatDiagramHead(state, this.#options)]
  }
}
