export { registerDiscard as register } from './life.ts';
