/**
 * What support modules clean up when a test file ends. Most test files share their modules with others of the same
 * worker, so a hook that a module registers when it is loaded would belong to one file alone; this belongs to each.
 */
type Work = () => void | Promise<void>;

const works: Work[] = [];

/** To be called once a module, when it is loaded. What `work` throws fails the test file that ends. */
export function afterEachFile(work: Work): void {
  works.push(work);
}

/** Everything is cleaned up, whatever fails. */
export async function endFile(): Promise<void> {
  const failures: unknown[] = [];
  for (const work of works) {
    try {
      await work();
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) throw failures[0];
}
