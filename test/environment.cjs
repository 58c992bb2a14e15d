const { types } = require('node:util');
const { TestEnvironment } = require('jest-environment-node');

// Jest runs tests in a realm of its own, whose classes are not those of Node itself.
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    // onnxruntime-node checks `instanceof Float32Array` against the host's realm.
    Object.assign(this.global, {
      Float32Array,
      Float64Array,
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      BigInt64Array,
      BigUint64Array,
      ArrayBuffer,
    });
    // Errors of node:fs and its like come from the host's realm: outside of tests they are `instanceof Error`.
    const sandboxError = this.global.Error;
    const ordinary = Function.prototype[Symbol.hasInstance];
    Object.defineProperty(sandboxError, Symbol.hasInstance, {
      configurable: true,
      value(value) {
        return ordinary.call(this, value) || (this === sandboxError && types.isNativeError(value));
      },
    });
  }
};
