/** Limits the simulations that run in this process. Each reads thousands of entries and decides each call twice. */
import { Problem } from '../../../../terms/problem.ts';
import type { RoleGrant } from '../../../domain/permissions.ts';

const ofPerson = 2;
/** for all staff of one department, or of the data office */
const ofDepartment = 4;

interface Simulating {
  readonly person: string;
  readonly grants: readonly Pick<RoleGrant, 'department'>[];
}

export class Simulations {
  private readonly underWay = new Map<string, number>();

  /**
   * Reserves a slot for the person and for every department where the person has a role.
   * @returns a function that releases the slots; further calls have no effect
   * @throws Problem simulations_too_many
   */
  begin({ person, grants }: Simulating): () => void {
    const departments = new Set(grants.map(({ department }) => `department ${department ?? ''}`));
    const places = [`person ${person}`, ...departments];
    const full = places.some((place, at) => this.of(place) >= (at === 0 ? ofPerson : ofDepartment));
    if (full)
      throw new Problem(
        'simulations_too_many',
        { ofPerson, ofDepartment },
        { headers: { 'retry-after': '5' } },
      );
    for (const place of places) this.underWay.set(place, this.of(place) + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      for (const place of places) {
        const left = this.of(place) - 1;
        if (left === 0) this.underWay.delete(place);
        else this.underWay.set(place, left);
      }
    };
  }

  private of(place: string): number {
    return this.underWay.get(place) ?? 0;
  }
}
