/**
 * Preload of a process whose machine's clock is set: by CLOCK_SKEW_MS from its start on where CLOCK_SKEWED is `start`, else from the signal
 * SIGUSR2 on. The monotonic clock is not set.
 */
const wanted = Number(process.env['CLOCK_SKEW_MS'] ?? 0);
let skew = process.env['CLOCK_SKEWED'] === 'start' ? wanted : 0;
process.on('SIGUSR2', () => {
  skew = wanted;
  process.stdout.write(`set to ${new Date().toISOString()}\n`);
});
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(Real.now() + skew);
    else super(...parts);
  }
  static now() {
    return Real.now() + skew;
  }
};
