/** The image in the repository of the inventory, if it names one: its own name and tag stay. */
export function imageIn(repository: string | undefined, image: string): string {
  if (repository === undefined) return image;
  return `${repository}/${image.slice(image.lastIndexOf('/') + 1)}`;
}
