import { type RobotBoard, type RobotPlace, toRobotBoard } from '../model/solo-boards.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { Icon } from './icons.tsx'

const INSTRUCTIONS = [
  { move: 'LEFT', key: 'ArrowLeft', sign: '←', icon: 'turnLeft' },
  { move: 'FORWARD', key: 'ArrowUp', sign: '↑', icon: 'up' },
  { move: 'RIGHT', key: 'ArrowRight', sign: '→', icon: 'turnRight' },
] as const
/** Distance of two neighboring places in the drawing, and the distance of the first place from the border. */
const [STEP, EDGE] = [40, 30]
const TURNS = { north: -90, east: 0, south: 90, west: 180 } as const

/** RobotTable is the board of the robot: the square with the trail of the robot, and a button for each instruction. */
export function RobotTable({ table, isOn, play }: BoardProps) {
  useKeys((key, event) => {
    const instruction = INSTRUCTIONS.find((one) => one.key === key)
    if (!instruction || table.seat === undefined) return
    // the arrow keys steer the robot, and do not scroll the page
    event.preventDefault()
    play(instruction.move)
  })
  const robot = toRobotBoard(table)
  if (!robot) return <div class={`${toStageClass(table, false)} stage--square`} />
  return (
    <>
      <div class={toStageClass(table, isOn)}>
        <Square robot={robot} />
      </div>
      {table.seat !== undefined && !table.sight?.outcome && (
        <div class="three" role="group" aria-label={texts.instructions}>
          {INSTRUCTIONS.map(({ move, sign, icon }) => (
            <button key={move} class="big" type="button" aria-disabled={!isOn} onClick={() => play(move)}>
              <Icon name={icon} />
              {texts.instructionNames[move]}
              <small>
                <kbd>{sign}</kbd>
              </small>
            </button>
          ))}
        </div>
      )}
    </>
  )
}

function Square({ robot }: { readonly robot: RobotBoard }) {
  const { size, column, row, heading, trail } = robot
  const side = (size - 1) * STEP + 2 * EDGE
  const toX = ({ column }: RobotPlace) => EDGE + (column - 1) * STEP
  const toY = ({ row }: RobotPlace) => side - EDGE - (row - 1) * STEP
  const places = Array.from({ length: size * size }, (_, at) => ({ column: (at % size) + 1, row: Math.floor(at / size) + 1 }))
  const [start] = trail
  return (
    <svg class="bd" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={texts.robotAt(robot)}>
      {places.map((place) => (
        <circle key={`${place.column} ${place.row}`} class="grid-dot" cx={toX(place)} cy={toY(place)} r="2.2" />
      ))}
      {trail.length > 1 && <path class="trail" d={`M${trail.map((place) => `${toX(place)} ${toY(place)}`).join('L')}`} />}
      {start && <circle class="start" cx={toX(start)} cy={toY(start)} r="7" />}
      <g transform={`translate(${toX({ column, row })} ${toY({ column, row })}) rotate(${TURNS[heading]})`}>
        <path class="bot" d="M19 0l-33-16v32z" />
        <circle class="eye" cx="2" cy="0" r="4" />
      </g>
    </svg>
  )
}
