export { registerDiscard as register } from './schemaLife.ts';
