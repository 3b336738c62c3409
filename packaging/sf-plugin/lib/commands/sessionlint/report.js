import { ProgramCommand, description, summary } from '../../command.js';

export default class Report extends ProgramCommand {
  static summary = summary('report');
  static description = description('report');
  static examples = ['<%= config.bin %> <%= command.id %> --output report.html'];
  static program = 'report';
  // A page is no JSON: it is the result's text, or in the file of --output.
  static json = [];
}
