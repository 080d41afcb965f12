const MEMBERS = "members:";

/** The identity of a cluster that is told by its members, which may come and go one by one. */
export function identityOfMembers(ids: readonly string[]): string {
  return MEMBERS + [...new Set(ids)].sort().join(",");
}

/**
 * Whether two cluster identities are of the same deployment: equal, or lists of members that share
 * one. Members have ids that are never used again, so one in common is enough; and a cluster whose
 * nodes are replaced one after another stays the same.
 */
export function isSameCluster(a: string, b: string): boolean {
  if (a === b) return true;
  if (!a.startsWith(MEMBERS) || !b.startsWith(MEMBERS)) return false;
  const members = new Set(membersOf(a));
  return membersOf(b).some((member) => members.has(member));
}

function membersOf(identity: string): string[] {
  return identity.slice(MEMBERS.length).split(",").filter(Boolean);
}
