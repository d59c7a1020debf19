// Questions to the server. A failure is an Error whose message can be shown.

export class Failure extends Error {
  constructor(message, status, position) {
    super(message);
    this.status = status;
    this.position = position;
  }
}

export async function get(path, parameters, signal) {
  let response;
  try {
    response = await fetch(`${path}?${parameters ?? ''}`, { signal });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Failure('The pipeline does not answer. Is it still running?', 0);
  }
  let answer;
  try {
    answer = await response.json();
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Failure(`The pipeline answered ${response.status} without an explanation.`, response.status);
  }
  if (!response.ok) {
    throw new Failure(answer.error ?? `The pipeline answered ${response.status}.`, response.status, answer.position);
  }
  return answer;
}
