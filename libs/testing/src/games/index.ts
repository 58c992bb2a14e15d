export { airportGame } from './airport-game.js';
export { dividendGame, equalAndNullGame, randomDividendGame, type Dividend } from './dividend-game.js';
export { multiplicativeGame, randomMultiplicativeGame } from './multiplicative-game.js';
export { randomTableGame, sigmoidGame, tableGame } from './table-game.js';
export { tabulateGame } from './tabulate-game.js';
export type { ToyGame } from './toy-game.js';
export { sparseTreeGame } from './tree-game.js';
