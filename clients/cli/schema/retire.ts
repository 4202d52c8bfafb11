export { registerRetire as register } from './life.ts';
