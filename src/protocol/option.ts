import type { Random } from '../games/game.ts'
import type { Side } from './message-spec.ts'

/** Options has the values of a program's options, by name. `readOption` returns a value with its type. */
export type Options = Readonly<Record<string, unknown>>

/**
 * OptionBase has the fields of every declaration of a program option.
 *
 * A program lists in `takes` the options that it accepts. If only one program has an option, the file of the program declares the option.
 * `shared-options.ts` declares the options of several programs. The command line, the settings, the completions and the reference pages use
 * the declarations, so that no other file names an option. Two declarations with the same spelling have the same form (`kind`, `metavar`).
 */
export interface OptionBase<Value> {
  /** The name of the option in `Options`, and of the setting in `parlor.toml`. */
  readonly name: string
  /** Spelling on the command line, without dashes, if it differs from the name. */
  readonly spelling?: string
  /**
   * Description for the help. If the command has an option of the same spelling for every program, such as `--split`, the help shows this
   * description in brackets behind that option.
   */
  readonly about: string
  /** The side of the program that takes the option. A program without a network takes all options that it lists. */
  readonly side: Side | 'both'
  /** Marks an option that is also a setting of `parlor serve`. The setting has one value, which is a text, true or false. */
  readonly setting?: true
  /** The behavior without the option, for the help and the printed settings. */
  readonly unset?: string
  /** Name of an option that excludes this option, and the reason. */
  readonly excludes?: { readonly name: string; readonly because: string }
  /**
   * Returns advice on a valid value; `undefined` if there is no advice. The command prints the advice after the option or the name of the
   * file.
   */
  advise?(value: Value): string | undefined
}

/** TextOption is an option whose value the user types as a text. */
export interface TextOption<Value> extends OptionBase<Value> {
  readonly kind: 'text'
  /** Placeholder of the value in the help: `n` for `--size <n>`. */
  readonly metavar: string
  /** Description of a valid value, which follows "It must be" in an error sentence. */
  readonly expected: string
  /** The valid values, for completions, if they are few. */
  readonly values?: readonly string[]
  /** Treats an empty text as an absent option, for scripts that pass a variable. */
  readonly emptyIsAbsent?: true
  /** Marks an option that the user may repeat; `parse` gets the value of the earlier uses. */
  readonly repeats?: true
  /** Parses a text; `undefined` for an invalid text. */
  parse(text: string, earlier?: Value): Value | undefined
  /** If the option replaces chance, returns the source of randomness for a value of the option. */
  random?(value: Value): Random
}

/** FlagOption is an option without a value: its presence means true. */
export interface FlagOption extends OptionBase<boolean> {
  readonly kind: 'flag'
}

/** FileOption is an option that names a file, whose content is the value. */
export interface FileOption<Value> extends OptionBase<Value> {
  readonly kind: 'file'
  /** Parses the text of a file. `file` is its name, whose extension can show the format. */
  read(text: string, file: string): Promise<FileContent<Value>>
}

/**
 * FileContent has the value of a file, or the reasons for refusing the file; `skipped` has a sentence for each part that the reader has
 * skipped.
 */
export type FileContent<Value> =
  | { readonly value: Value; readonly skipped: readonly string[] }
  | { readonly refused: readonly string[]; readonly skipped: readonly string[] }

/** ProgramOption is the declaration of an option. */
export type ProgramOption<Value = unknown> = TextOption<Value> | FlagOption | FileOption<Value>
