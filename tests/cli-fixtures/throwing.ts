/** The system 'throwing', as a user's own file exports one. */
export { throwing } from './systems.ts'
