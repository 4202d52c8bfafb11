/** ms from the making of a sealed list of whom an incident concerns to its end. */
export const listLife = 7 * 86_400_000;
