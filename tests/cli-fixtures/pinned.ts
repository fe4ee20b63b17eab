/** The system 'pinned', as a user's own file exports one. */
export { pinned } from './systems.ts'
