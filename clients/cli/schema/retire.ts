export { registerRetire as register } from './schemaLife.ts';
