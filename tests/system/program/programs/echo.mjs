// @ts-check
/** @param {unknown} input */
export default (input) => input;
