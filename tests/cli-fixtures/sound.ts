/** The system 'sound', as a user's own file exports one. */
export { sound } from './systems.ts'
