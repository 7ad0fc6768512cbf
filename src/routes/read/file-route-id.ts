import path from 'node:path';

/** The id of a route that has none and stands alone in its file: the file's name, as far as ids can say it. */
export function fileRouteId(fileName: string): string {
  return path
    .basename(fileName, '.eskip')
    .replace(/\W/g, '_')
    .replace(/^(?=\d|$)/, '_');
}
