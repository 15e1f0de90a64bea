/** The layouts of the automatons of all shipped programs, by the name of the program. The build makes these layouts (`vite.config.ts`). */
declare module 'virtual:automaton-layouts' {
  const layouts: Readonly<Record<string, import('./model/automaton-layout.ts').AutomatonLayout>>
  export default layouts
}
