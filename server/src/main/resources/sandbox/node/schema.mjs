/* JSON schema of the parameters of a function, from its types and its JSDoc comment, without a type checker: what the source itself says. */

/* Definitions within definitions: one that holds itself must end somewhere. */
const deepest = 8;

export class Refusal extends Error {}

/* The function wanted: {name, node, exported}. Without a name, or when it is not there: the only or last exported one, else the last. */
export function chosen(ts, file, wanted) {
  const found = [];
  const separately = new Map();
  for (const statement of file.statements) {
    const exported = ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export ? true : false;
    if (ts.isFunctionDeclaration(statement) && statement.body) {
      found.push({ name: statement.name?.text ?? "default", node: statement, doc: statement, exported });
    } else if (ts.isVariableStatement(statement)) {
      for (const declared of statement.declarationList.declarations) {
        const value = declared.initializer;
        if (value && ts.isIdentifier(declared.name) && (ts.isArrowFunction(value) || ts.isFunctionExpression(value))) {
          found.push({ name: declared.name.text, node: value, doc: statement, exported: isExported(ts, statement) });
        }
      }
    } else if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      statement.exportClause.elements.forEach((each) => separately.set((each.propertyName ?? each.name).text, each.name.text));
    } else if (ts.isExportAssignment(statement) && ts.isIdentifier(statement.expression)) {
      separately.set(statement.expression.text, statement.expression.text);
    }
  }
  for (const each of found) {
    each.exported ||= separately.has(each.name);
  }
  if (found.length === 0) {
    throw new Refusal("No functions found in source code");
  }
  const public_ = found.filter((each) => each.exported);
  return found.find((each) => each.name === wanted) ?? (public_.length > 0 ? public_ : found).at(-1);
}

function isExported(ts, statement) {
  return (ts.getModifiers(statement) ?? []).some((each) => each.kind === ts.SyntaxKind.ExportKeyword);
}

/* Whether the function has one parameter, an object that it takes apart: its properties are then the arguments. */
export function takenApart(ts, node) {
  return node.parameters.length === 1 && ts.isObjectBindingPattern(node.parameters[0].name);
}

export class Schema {
  constructor(ts, file) {
    this.ts = ts;
    this.file = file;
    this.types = new Map();
    for (const statement of file.statements) {
      if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isEnumDeclaration(statement) || ts.isClassDeclaration(statement)) {
        const known = this.types.get(statement.name?.text);
        this.types.set(statement.name?.text, known ? [...known, statement] : [statement]);
      }
    }
  }

  of(found, argumentsGiven) {
    const description = this.words(found.doc);
    if (description === "" && !argumentsGiven) {
      throw new Refusal(`Function ${found.name} missing JSDoc comment (line ${this.line(found.node)})`);
    }
    const parameters = argumentsGiven ? { type: "object", properties: {}, required: [] } : this.parameters(found);
    return { name: found.name, description, parameters };
  }

  parameters(found) {
    const { ts } = this;
    const said = this.said(found.doc);
    if (takenApart(ts, found.node)) {
      return this.together(found, said);
    }
    const properties = {};
    const required = [];
    for (const parameter of found.node.parameters) {
      const name = parameter.name.getText();
      const where = `Parameter '${name}' in function '${found.name}' (line ${this.line(parameter)})`;
      if (!ts.isIdentifier(parameter.name) || parameter.dotDotDotToken) {
        throw new Refusal(`${where} must have a plain name`);
      }
      const [schema, optional] = this.typed(parameter, where);
      properties[name] = this.described(schema, said.get(name));
      if (!optional) {
        required.push(name);
      }
    }
    return { type: "object", properties, required };
  }

  /* function f({city, days = 1}: {city: string; days?: number}) */
  together(found, said) {
    const parameter = found.node.parameters[0];
    const where = `The parameter of function '${found.name}' (line ${this.line(parameter)})`;
    if (!parameter.type) {
      throw new Refusal(`${where} lacks a type annotation`);
    }
    const schema = this.type(parameter.type, where, 0);
    if (schema.type !== "object" || !schema.properties) {
      throw new Refusal(`${where} must be an object type`);
    }
    const usual = new Set();
    for (const element of parameter.name.elements) {
      if (element.initializer) {
        usual.add((element.propertyName ?? element.name).getText());
      }
    }
    for (const [name, inner] of Object.entries(schema.properties)) {
      schema.properties[name] = this.described(inner, said.get(name));
    }
    return { type: "object", properties: schema.properties, required: (schema.required ?? []).filter((name) => !usual.has(name)) };
  }

  described(schema, description) {
    return description ? { ...schema, description } : schema;
  }

  /* [schema, whether it may be left out] of a parameter or a property. */
  typed(node, where) {
    const { ts } = this;
    const optional = Boolean(node.questionToken || node.initializer);
    if (!node.type) {
      const guess = this.guessed(node.initializer);
      if (guess === null) {
        throw new Refusal(`${where} lacks a type annotation`);
      }
      return [guess, true];
    }
    const open = ts.isUnionTypeNode(node.type) && node.type.types.some((each) => each.kind === ts.SyntaxKind.UndefinedKeyword);
    return [this.type(node.type, where, 0), optional || open];
  }

  /* From a default value. */
  guessed(value) {
    const { ts } = this;
    if (!value) {
      return null;
    }
    if (ts.isStringLiteralLike(value)) {
      return { type: "string" };
    }
    if (ts.isNumericLiteral(value) || ts.isPrefixUnaryExpression(value)) {
      return { type: "number" };
    }
    if (value.kind === ts.SyntaxKind.TrueKeyword || value.kind === ts.SyntaxKind.FalseKeyword) {
      return { type: "boolean" };
    }
    return null;
  }

  type(node, where, depth) {
    const { ts } = this;
    const kind = ts.SyntaxKind;
    if (depth > deepest) {
      return { type: "object" };
    }
    switch (node.kind) {
      case kind.StringKeyword:
      case kind.TemplateLiteralType:
        return { type: "string" };
      case kind.NumberKeyword:
        return { type: "number" };
      case kind.BigIntKeyword:
        return { type: "integer" };
      case kind.BooleanKeyword:
        return { type: "boolean" };
      case kind.ObjectKeyword:
        return { type: "object" };
      case kind.AnyKeyword:
      case kind.UnknownKeyword:
        return {};
      case kind.ParenthesizedType:
      case kind.TypeOperator:
        return this.type(node.type, where, depth);
      case kind.ArrayType:
        return { type: "array", items: this.type(node.elementType, where, depth + 1) };
      case kind.TupleType:
        return this.tuple(node, where, depth);
      case kind.LiteralType:
        return this.union([node], where, depth);
      case kind.UnionType:
        return this.union(node.types, where, depth);
      case kind.IntersectionType:
        return node.types.map((each) => this.type(each, where, depth)).reduce((a, b) => this.merged(a, b));
      case kind.TypeLiteral:
        return this.object(node.members, where, depth);
      case kind.TypeReference:
        return this.reference(node, where, depth);
      default:
        throw new Refusal(`${where} has the type ${node.getText()}, which has no JSON schema`);
    }
  }

  tuple(node, where, depth) {
    const items = node.elements.map((each) => this.type(each.type && this.ts.isNamedTupleMember(each) ? each.type : each, where, depth + 1));
    const kinds = [...new Map(items.map((each) => [JSON.stringify(each), each])).values()];
    return { type: "array", items: kinds.length === 1 ? kinds[0] : { anyOf: kinds }, minItems: items.length, maxItems: items.length };
  }

  union(types, where, depth) {
    const { ts } = this;
    const kind = ts.SyntaxKind;
    const values = [];
    const others = [];
    for (const each of types) {
      const literal = ts.isLiteralTypeNode(each) ? each.literal : null;
      if (each.kind === kind.UndefinedKeyword || literal?.kind === kind.NullKeyword) {
        continue;
      }
      if (literal && ts.isStringLiteralLike(literal)) {
        values.push(literal.text);
      } else if (literal && (ts.isNumericLiteral(literal) || ts.isPrefixUnaryExpression(literal))) {
        values.push(Number(literal.getText()));
      } else if (literal && (literal.kind === kind.TrueKeyword || literal.kind === kind.FalseKeyword)) {
        values.push(literal.kind === kind.TrueKeyword);
      } else {
        others.push(this.type(each, where, depth + 1));
      }
    }
    const schemas = values.length > 0 ? [this.oneOf(values), ...others] : others;
    const kinds = [...new Map(schemas.map((each) => [JSON.stringify(each), each])).values()];
    if (kinds.length === 0) {
      throw new Refusal(`${where} can only be null`);
    }
    return kinds.length === 1 ? kinds[0] : { anyOf: kinds };
  }

  oneOf(values) {
    const kinds = new Set(values.map((each) => typeof each));
    return kinds.size === 1 ? { type: [...kinds][0], enum: values } : { enum: values };
  }

  merged(a, b) {
    if (!a.properties || !b.properties) {
      return a.properties ? a : b;
    }
    return { type: "object", properties: { ...a.properties, ...b.properties }, required: [...new Set([...(a.required ?? []), ...(b.required ?? [])])] };
  }

  object(members, where, depth) {
    const { ts } = this;
    const out = { type: "object", properties: {}, required: [] };
    for (const member of members) {
      if (ts.isIndexSignatureDeclaration(member)) {
        out.additionalProperties = this.type(member.type, where, depth + 1);
      } else if (ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) {
        const name = member.name.text ?? member.name.getText();
        if (!member.type) {
          throw new Refusal(`Property '${name}' (line ${this.line(member)}) lacks a type annotation`);
        }
        const open = ts.isUnionTypeNode(member.type) && member.type.types.some((each) => each.kind === ts.SyntaxKind.UndefinedKeyword);
        out.properties[name] = this.described(this.type(member.type, `Property '${name}' (line ${this.line(member)})`, depth + 1), this.words(member));
        if (!member.questionToken && !open && !member.initializer) {
          out.required.push(name);
        }
      }
    }
    return out;
  }

  reference(node, where, depth) {
    const name = node.typeName.getText();
    const inner = (node.typeArguments ?? []).map((each) => () => this.type(each, where, depth + 1));
    switch (name) {
      case "Array":
      case "ReadonlyArray":
      case "Set":
        return { type: "array", items: inner[0] ? inner[0]() : {} };
      case "Record":
      case "Map":
        return inner[1] ? { type: "object", additionalProperties: inner[1]() } : { type: "object" };
      case "Partial":
        return inner[0] ? { ...inner[0](), required: [] } : { type: "object" };
      case "Required": {
        const whole = inner[0] ? inner[0]() : { type: "object" };
        return whole.properties ? { ...whole, required: Object.keys(whole.properties) } : whole;
      }
      case "Readonly":
        return inner[0] ? inner[0]() : { type: "object" };
      case "Date":
        return { type: "string", format: "date-time" };
      default:
        return this.declared(name, where, depth);
    }
  }

  declared(name, where, depth) {
    const { ts } = this;
    const found = this.types.get(name);
    if (!found) {
      throw new Refusal(`${where} has the type ${name}, which this source does not define`);
    }
    return found
      .map((each) => {
        if (ts.isTypeAliasDeclaration(each)) {
          return this.type(each.type, where, depth + 1);
        }
        if (ts.isEnumDeclaration(each)) {
          return this.oneOf(this.constants(each));
        }
        const above = (each.heritageClauses ?? []).flatMap((clause) => [...clause.types]);
        return above
          .map((type) => (this.types.has(type.expression.getText()) ? this.declared(type.expression.getText(), where, depth + 1) : {}))
          .concat([this.object(each.members, where, depth)])
          .reduce((a, b) => this.merged(a, b));
      })
      .reduce((a, b) => this.merged(a, b));
  }

  constants(declaration) {
    const { ts } = this;
    let next = 0;
    return declaration.members.map((member) => {
      const value = member.initializer;
      if (value && ts.isStringLiteralLike(value)) {
        return value.text;
      }
      const number = value ? Number(value.getText()) : next;
      next = number + 1;
      return number;
    });
  }

  /* The words of the comment above a node, without its tags. */
  words(node) {
    const comments = (node.jsDoc ?? []).map((each) => this.ts.getTextOfJSDocComment(each.comment) ?? "");
    return (comments.at(-1) ?? "").trim();
  }

  /* What the tags @param say, by name; "options.city" is "city". */
  said(node) {
    const out = new Map();
    for (const comment of node.jsDoc ?? []) {
      for (const tag of comment.tags ?? []) {
        if (this.ts.isJSDocParameterTag(tag)) {
          const text = (this.ts.getTextOfJSDocComment(tag.comment) ?? "").replace(/^\s*-\s*/, "").trim();
          out.set(tag.name.getText().split(".").at(-1), text);
        }
      }
    }
    return out;
  }

  line(node) {
    return this.file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  }
}
