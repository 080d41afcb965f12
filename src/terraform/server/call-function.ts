import { SnapformError } from "../../errors/index.ts";
import { decodeValue } from "../wire/decode-value.ts";
import { encodeValue } from "../wire/encode-value.ts";
import type { Message } from "../wire/messages.ts";
import type { Value } from "../wire/value.ts";
import { conform } from "./conform.ts";
import type { FunctionType } from "./definition.ts";
import type { Session } from "./session.ts";
import { textOfThrown } from "./thrown.ts";

type CallFunctionResponse = Message<"CallFunctionResponse">;

/** Runs in a process that was not configured: a function knows its arguments and nothing else. */
export function callFunction<C>(
  { definition }: Session<C>,
  request: Message<"CallFunctionRequest">,
): CallFunctionResponse {
  const { functions } = definition;
  const called = Object.hasOwn(functions, request.name) ? functions[request.name] : undefined;
  if (called === undefined) {
    throw new SnapformError("invalid-argument", `no function ${request.name}`);
  }
  try {
    const answer = called.call(argumentsOf(called, request.arguments));
    if ("result" in answer) return { result: resultOf(called, answer.result) };
    const { error: text, argument } = answer;
    return { error: { text, ...(argument !== undefined && { functionArgument: argument }) } };
  } catch (error) {
    return { error: { text: textOfThrown(error) } };
  }
}

function argumentsOf(called: FunctionType, args: readonly Message<"DynamicValue">[]): Value[] {
  return args.map((arg, index) => {
    const parameter = called.parameters[index] ?? called.variadic;
    if (parameter === undefined) throw new SnapformError("invalid-argument", "too many arguments");
    return decodeValue(parameter.type, arg);
  });
}

function resultOf(called: FunctionType, result: Value): Message<"DynamicValue"> {
  // A block with the result as its only attribute, so that it is completed like any other value.
  const whole = conform({ attributes: { result: { type: called.returns } } }, { result }, "refuse");
  const [first] = whole.faults;
  if (first !== undefined) {
    throw new SnapformError("internal", `the result does not fit its type: ${first.text}`);
  }
  return { msgpack: encodeValue(called.returns, whole.tree["result"] ?? null) };
}
