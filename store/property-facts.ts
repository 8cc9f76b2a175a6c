/** What the store must know of a message's properties. Spans are empty where there is no such one. */
export class PropertyFacts {
  tagsStart = 0;
  tagsEnd = 0;
  keysStart = 0;
  keysEnd = 0;
  uniqueKeyStart = 0;
  uniqueKeyEnd = 0;
  /** 0: none. */
  delayLevel = 0;
  waits = true;
  /** A name was met that the walk was asked to look out for. */
  isReserved = false;

  protected reset(): void {
    this.tagsStart = this.tagsEnd = 0;
    this.keysStart = this.keysEnd = 0;
    this.uniqueKeyStart = this.uniqueKeyEnd = 0;
    this.delayLevel = 0;
    this.waits = true;
    this.isReserved = false;
  }

  /** Becomes as `facts`, of properties that lie `by` bytes further on. */
  take(facts: PropertyFacts, by: number): void {
    this.tagsStart = facts.tagsStart + by;
    this.tagsEnd = facts.tagsEnd + by;
    this.keysStart = facts.keysStart + by;
    this.keysEnd = facts.keysEnd + by;
    this.uniqueKeyStart = facts.uniqueKeyStart + by;
    this.uniqueKeyEnd = facts.uniqueKeyEnd + by;
    this.delayLevel = facts.delayLevel;
    this.waits = facts.waits;
    this.isReserved = facts.isReserved;
  }
}
